import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

const TIMEOUT_MS = 1000;

/** Tells whether the database answers. */
@Injectable()
export class DatabaseHealth {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** `false` as well where the answer takes longer than a second. Never throws. */
  async isUp(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, false);
    });
    const answers = this.dataSource.query('SELECT revision FROM active_release').then(
      () => true,
      () => false,
    );
    try {
      return await Promise.race([answers, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
