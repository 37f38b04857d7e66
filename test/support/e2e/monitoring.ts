import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type References, referencesOf } from './promql';

const DOCKER = join(__dirname, '..', '..', '..', 'docker');

interface Dashboard {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
}

/** What the example dashboard and the alert rules refer to. @throws Error where they are not as they should be */
export async function monitoringReferences(): Promise<References & { readonly expressions: number }> {
  const dashboard = JSON.parse(await readFile(join(DOCKER, 'grafana', 'dashboard.json'), 'utf8')) as Dashboard;
  const rules = await readFile(join(DOCKER, 'prometheus', 'alerts.yml'), 'utf8');
  const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  // each rule has its expression in one line, as it is
  const watched = [...rules.matchAll(/^ {8}expr: ([^'">|].*)$/gm)].map(([, expression = '']) => expression);
  if (watched.length !== alertNames(rules).length) throw new Error('An alert has no expression of one line');
  const expressions = [...shown, ...watched];
  const references = expressions.map(referencesOf);
  return {
    selectors: references.flatMap(({ selectors }) => selectors),
    groupedBy: references.flatMap(({ groupedBy }) => groupedBy),
    expressions: expressions.length,
  };
}

/** Names of all alerts, and of those that the runbook explains, in order. */
export async function explainedAlerts(): Promise<{ readonly alerts: string[]; readonly explained: string[] }> {
  const rules = await readFile(join(DOCKER, 'prometheus', 'alerts.yml'), 'utf8');
  const runbook = await readFile(join(DOCKER, '..', 'docs', 'operations.md'), 'utf8');
  const explained = [...runbook.matchAll(/^\| `(Onet\w+)` /gm)].map(([, name = '']) => name);
  return { alerts: alertNames(rules), explained };
}

/** Series whose increase an alert watches, each with the values of labels that it names. */
export async function watchedIncreases(): Promise<{ metric: string; labels: Record<string, string> }[]> {
  const rules = await readFile(join(DOCKER, 'prometheus', 'alerts.yml'), 'utf8');
  return [...rules.matchAll(/increase\((\w+)(?:\{([^}]*)\})?\[/g)].flatMap(([, metric = '', matchers = '']) => {
    let series: Record<string, string>[] = [{}];
    for (const [, label = '', values = ''] of matchers.matchAll(/(\w+)=~?"([^"]*)"/g)) {
      series = values.split('|').flatMap((value) => series.map((labels) => ({ ...labels, [label]: value })));
    }
    return series.map((labels) => ({ metric, labels }));
  });
}

function alertNames(rules: string): string[] {
  return [...rules.matchAll(/^ {6}- alert: (\w+)$/gm)].map(([, name = '']) => name);
}
