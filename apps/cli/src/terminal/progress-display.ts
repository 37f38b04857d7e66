import { SingleBar } from 'cli-progress';
import type { JobProgress } from '@app/jobs';

/** What stages are called; one that is not listed goes by its own name. */
const NAMES: Readonly<Record<string, string>> = {
  comparing: 'Comparing',
  downloading: 'Downloading',
  pulling: 'Pulling',
  landing: 'Landing',
  normalising: 'Normalising',
  activating: 'Checking and activating',
};
const LINE_EVERY_PERCENT = 25;

/** Shows progress: a bar on a terminal, a plain line now and then elsewhere. */
export class ProgressDisplay {
  private stage: string | null = null;
  private bar: SingleBar | null = null;
  private lastPercent = 0;

  constructor(private readonly output: NodeJS.WriteStream) {}

  readonly show = (progress: JobProgress): void => {
    if (progress.stage !== this.stage) this.begin(progress);
    const percent = progress.total ? Math.floor((100 * progress.done) / progress.total) : 0;
    if (this.bar !== null) {
      // pages of the Web Services: how many there are of a table is known once the first has come
      if (progress.total !== null) this.bar.setTotal(progress.total);
      this.bar.update(progress.done);
    } else this.line(progress, percent);
  };

  end(): void {
    this.bar?.stop();
    this.bar = null;
  }

  private begin({ stage, total }: JobProgress): void {
    this.end();
    this.stage = stage;
    this.lastPercent = 0;
    const name = nameOf(stage);
    if (!this.output.isTTY || total === null || total === 0) {
      this.output.write(`${name} …\n`);
      return;
    }
    const unit = stage === 'normalising' || stage === 'pulling' ? 'rows' : 'bytes';
    this.bar = new SingleBar({
      stream: this.output,
      format: `${name.padEnd(12)} {bar} {percentage} % | {value}/{total} ${unit} | {duration_formatted}`,
      barsize: 30,
      hideCursor: true,
    });
    this.bar.start(total, 0);
  }

  private line({ stage }: JobProgress, percent: number): void {
    if (percent - this.lastPercent < LINE_EVERY_PERCENT) return;
    this.lastPercent = percent;
    this.output.write(`${nameOf(stage)}: ${percent} %\n`);
  }
}

function nameOf(stage: string): string {
  return NAMES[stage] ?? stage;
}
