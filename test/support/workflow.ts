import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { repositoryFile, yamlFile } from './repository-files';

type Values = Readonly<Record<string, string>>;

export interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Values;
}

export interface WorkflowJob {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: unknown;
  readonly container?: { readonly image: string };
  readonly services?: Readonly<Record<string, { readonly image: string; readonly env?: Values }>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly env?: Values;
  readonly steps: readonly WorkflowStep[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly env?: Values;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

export async function readWorkflow(path: string): Promise<Workflow> {
  return (await yamlFile(path)) as Workflow;
}

/** What GitHub's own parser has to say against a workflow: its shape, its expressions, and what its jobs wait for. */
export async function workflowFaults(path: string, content?: string): Promise<string[]> {
  const file = { name: path, content: content ?? (await repositoryFile(path)) };
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

/** The combinations of values that a job is run with; one without any where it has no matrix. */
export function combinations({ strategy }: WorkflowJob): readonly Values[] {
  const { include = [], ...axes } = strategy?.matrix ?? {};
  let found: Values[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    found = found.flatMap((one) => values.map((value) => ({ ...one, [name]: String(value) })));
  }
  return include.length > 0 ? (include as readonly Values[]) : found;
}

/** A text of a job as it is with each of its combinations. */
export function withMatrix(job: WorkflowJob, text: string): string[] {
  return combinations(job).map((values) =>
    text.replaceAll(/\$\{\{ matrix\.(\w+) \}\}/g, (whole, name: string) => values[name] ?? whole),
  );
}

/** The commands of a job, with each of its combinations. */
export function commandsOf(job: WorkflowJob): string[] {
  return job.steps.flatMap(({ run }) => (run === undefined ? [] : withMatrix(job, run)));
}
