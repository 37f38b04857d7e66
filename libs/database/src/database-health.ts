import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

const TIMEOUT_MS = 1000;

/** Tells whether the database answers. */
@Injectable()
export class DatabaseHealth {
  /** What was asked last, while it is not answered. */
  private asked: Promise<boolean> | null = null;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** `false` as well where the answer takes longer than a second. Never throws. */
  async isUp(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, false);
    });
    // one that says nothing is not asked over and over
    this.asked ??= this.ask();
    try {
      return await Promise.race([this.asked, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async ask(): Promise<boolean> {
    try {
      await this.dataSource.query('SELECT revision FROM active_release');
      return true;
    } catch {
      return false;
    } finally {
      this.asked = null;
    }
  }
}
