import { Injectable } from '@nestjs/common';

/** Jobs that are asked for by the clock. */
export interface JobSchedule {
  readonly name: string;
  /** Queue through which the clock's ticks reach exactly one process. */
  readonly queue: string;
  /** Five cron fields, in UTC; null where the schedule is switched off. */
  readonly cron: string | null;
  /** Asks for the job. More than one process may do so for one tick: they must ask for the same job. */
  readonly tick: (time: Date) => Promise<void>;
}

/** Every schedule of this process. */
@Injectable()
export class JobSchedules {
  private readonly schedules = new Map<string, JobSchedule>();

  /** To be called by features while the process starts. */
  add(schedule: JobSchedule): void {
    this.schedules.set(schedule.name, schedule);
  }

  all(): readonly JobSchedule[] {
    return [...this.schedules.values()];
  }

  /** @throws Error where there is no such schedule */
  async tick(name: string, time: Date): Promise<void> {
    const schedule = this.schedules.get(name);
    if (schedule === undefined) throw new Error(`There is no schedule ${name}`);
    await schedule.tick(time);
  }
}
