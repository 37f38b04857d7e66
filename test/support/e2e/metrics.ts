import { bearer } from './admin-client';
import { send } from './http';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** What a process tells of itself at one moment, as Prometheus reads it. */
export class MetricsPage {
  private constructor(private readonly samples: readonly Sample[]) {}

  /** @throws Error where a line is none of Prometheus' text format */
  static parse(text: string): MetricsPage {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new MetricsPage(
      lines.map((line) => {
        const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
        if (name === undefined) throw new Error(`No line of metrics: ${line}`);
        return {
          name,
          labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, of = '', is = '']) => [of, is])),
          value: Number(value),
        };
      }),
    );
  }

  /** @param url of the process, without a slash at the end */
  static async of(url: string, key?: string): Promise<MetricsPage> {
    const answer = await send(url, { path: '/metrics', headers: key === undefined ? {} : bearer(key) });
    if (answer.status !== 200) throw new Error(`/metrics: ${answer.status} ${answer.body}`);
    return MetricsPage.parse(answer.body);
  }

  /** The sum of all values of a metric that have these labels; null where there are none. */
  value(name: string, labels: Labels = {}): number | null {
    const found = this.samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([of, is]) => sample.labels[of] === is),
    );
    return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Names of all metrics, each with the names of its labels. */
  get labelsByName(): ReadonlyMap<string, ReadonlySet<string>> {
    const names = new Map<string, Set<string>>();
    for (const { name, labels } of this.samples) {
      const known = names.get(name) ?? new Set<string>();
      for (const label of Object.keys(labels)) known.add(label);
      names.set(name, known);
    }
    return names;
  }

  /** Every value that a label has in a metric. */
  labelValues(name: string, label: string): string[] {
    return [...new Set(this.samples.flatMap((sample) => (sample.name === name ? (sample.labels[label] ?? []) : [])))];
  }
}
