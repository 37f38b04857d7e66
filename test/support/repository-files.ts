import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The folder that everything is in. */
export const ROOT = join(__dirname, '..', '..');

/** The text of a file, by its path from the root of the repository. */
export function repositoryFile(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

/** What a YAML file says; a key that stands there twice is an error. */
export async function yamlFile(path: string): Promise<unknown> {
  return parse(await repositoryFile(path), { uniqueKeys: true }) as unknown;
}

/** The scripts of package.json, and which versions of Node it allows. */
export async function packageFile(): Promise<{
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}> {
  return JSON.parse(await repositoryFile('package.json')) as Awaited<ReturnType<typeof packageFile>>;
}

/** A stage of docker/Dockerfile: what it runs, and the port that it names. */
export interface ImageTarget {
  readonly name: string;
  readonly from: string;
  readonly port: number | null;
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
}

/** The stages of docker/Dockerfile, with what they inherit from one another. */
export async function imageTargets(): Promise<readonly ImageTarget[]> {
  const dockerfile = await repositoryFile('docker/Dockerfile');
  const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
  const targets: ImageTarget[] = [];
  for (const stage of stages) {
    const [, from = '', name = ''] = /^FROM (\S+) AS (\S+)/.exec(stage) ?? [];
    const parent = targets.find((target) => target.name === from);
    const port = /^EXPOSE (\d+)$/m.exec(stage)?.[1];
    targets.push({
      name,
      from,
      port: port === undefined ? (parent?.port ?? null) : Number(port),
      entrypoint: instruction(stage, 'ENTRYPOINT') ?? parent?.entrypoint ?? null,
      command: instruction(stage, 'CMD') ?? parent?.command ?? null,
    });
  }
  return targets;
}

/** Of instructions at the beginning of a line only: that of a HEALTHCHECK is indented. */
function instruction(stage: string, name: string): readonly string[] | undefined {
  const given = new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(stage)?.[1];
  return given === undefined ? undefined : (JSON.parse(given) as string[]);
}
