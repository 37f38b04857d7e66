import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnvironment, ENVIRONMENT_SPECS } from '../../libs/config/src/environment';
import { imageTargets, repositoryFile, ROOT, yamlFile } from '../support/repository-files';

const FOLDER = 'docker/cloud-run';
const MANIFESTS = ['api', 'worker', 'ingest'] as const;

/** Read by Node itself. */
const OF_NODE = ['NODE_EXTRA_CA_CERTS'];

/** Whoever knows one of these gets in somewhere. */
const SECRET = /^(DATABASE_URL|REDIS_URL|ONET_USERNAME|\w+_PASSWORD|\w+_KEYS?)$/;

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly env: readonly Variable[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
}

interface Volume {
  readonly name: string;
  readonly secret: { readonly secretName: string; readonly items: readonly { readonly path: string }[] };
}

interface Pod {
  readonly serviceAccountName: string;
  readonly containers: readonly [Container];
  readonly volumes?: readonly Volume[];
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: Pod & { readonly template?: { readonly spec: Pod } };
    };
  };
}

async function manifest(name: string): Promise<{ whole: Manifest; pod: Pod; container: Container }> {
  const whole = (await yamlFile(`${FOLDER}/${name}.yaml`)) as Manifest;
  const { spec } = whole.spec.template;
  // a job has the template of its tasks within that of its executions
  const pod = spec.template?.spec ?? spec;
  return { whole, pod, container: pod.containers[0] };
}

/** The target of docker/Dockerfile that an image is built of, by the last part of its name. */
async function targetOf({ image }: Container) {
  const name = /onet-skill-gap-(\w+):\$\{TAG\}$/.exec(image)?.[1];
  const target = (await imageTargets()).find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`No target of docker/Dockerfile makes ${image}`);
  return target;
}

describe.each(MANIFESTS)('The manifest of Cloud Run for %s', (name) => {
  test('runs an image of ours as it was built, or another program that is in it', async () => {
    const { container } = await manifest(name);
    const target = await targetOf(container);
    const words = [...(container.command ?? target.entrypoint ?? []), ...(container.args ?? target.command ?? [])];
    const [program = ''] = words.filter((word) => word.startsWith('dist/'));

    expect(words.slice(0, 2)).toEqual(['tini', '--']);
    expect(existsSync(join(ROOT, program.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
  });

  test('names variables that the programs know, with values that they accept', async () => {
    const { container } = await manifest(name);
    const own = container.env.filter((variable) => !OF_NODE.includes(variable.name));
    const literal = own.flatMap(({ name: variable, value }): [string, string][] =>
      value === undefined ? [] : [[variable, value]],
    );

    expect(Object.keys(ENVIRONMENT_SPECS)).toEqual(expect.arrayContaining(own.map((variable) => variable.name)));
    expect(new Set(own.map((variable) => variable.name)).size).toBe(own.length);
    const parsed: Readonly<Record<string, unknown>> = parseEnvironment(Object.fromEntries(literal));
    expect(literal.map(([variable]) => [variable, String(parsed[variable] as string | number)])).toEqual(literal);
  });

  test('has secrets by reference only, each in a version of its own, and each explained', async () => {
    const { container, pod } = await manifest(name);
    const page = await repositoryFile('docs/cloud-run.md');
    const secret = container.env.filter((variable) => SECRET.test(variable.name));
    const references = secret.map(({ valueFrom }) => valueFrom?.secretKeyRef);

    expect(secret.map((variable) => variable.name)).toContain('DATABASE_URL');
    expect(secret.filter(({ value }) => value !== undefined)).toEqual([]);
    // 'latest' would be another one for an instance that starts later
    expect(references.map((reference) => reference?.key)).toEqual(secret.map(() => '1'));
    const names = [
      ...references.map((reference) => reference?.name ?? ''),
      ...(pod.volumes ?? []).map((volume) => volume.secret.secretName),
    ];
    expect(names.filter((each) => !page.includes(`gcloud secrets create ${each} `))).toEqual([]);
  });

  test('mounts what it has, where its variables look for it', async () => {
    const { container, pod } = await manifest(name);
    const mounted = (container.volumeMounts ?? []).flatMap((mount) => {
      const volume = (pod.volumes ?? []).find((candidate) => candidate.name === mount.name);
      return (volume?.secret.items ?? []).map(({ path }) => `${mount.mountPath}/${path}`);
    });
    const looked = container.env.flatMap((variable) => (OF_NODE.includes(variable.name) ? [variable.value ?? ''] : []));

    expect(mounted).toEqual(looked);
  });

  test('runs as an account of its own, in the network of the database', async () => {
    const { whole, pod } = await manifest(name);
    const page = await repositoryFile('docs/cloud-run.md');
    const annotations = whole.spec.template.metadata.annotations;

    expect(pod.serviceAccountName).toBe(`onet-${name}@\${PROJECT_ID}.iam.gserviceaccount.com`);
    expect(page).toContain(`onet-${name}`);
    expect(JSON.parse(annotations['run.googleapis.com/network-interfaces'] ?? '')).toEqual([
      { network: 'onet', subnetwork: 'onet' },
    ]);
    expect(annotations['run.googleapis.com/vpc-access-egress']).toBe('private-ranges-only');
  });

  test('has no blanks but those that docs/cloud-run.md fills in', async () => {
    const text = await repositoryFile(`${FOLDER}/${name}.yaml`);
    const page = await repositoryFile('docs/cloud-run.md');
    const blanks = [...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, blank = '']) => blank))];

    expect(blanks.sort()).toEqual(['PROJECT_ID', 'REGION', 'TAG']);
    for (const blank of blanks) expect(page).toMatch(new RegExp(`\\b${blank}=`));
  });
});

describe('The manifests of Cloud Run', () => {
  test('are of the kinds that Cloud Run has', async () => {
    const kinds = await Promise.all(
      MANIFESTS.map(async (name) => {
        const { apiVersion, kind, metadata } = (await manifest(name)).whole;
        return [apiVersion, kind, metadata.name];
      }),
    );

    expect(kinds).toEqual([
      ['serving.knative.dev/v1', 'Service', 'onet-api'],
      ['run.googleapis.com/v1', 'WorkerPool', 'onet-worker'],
      ['run.googleapis.com/v1', 'Job', 'onet-ingest'],
    ]);
  });

  test('have the port that the image names, and leave PORT to Cloud Run', async () => {
    const { container } = await manifest('api');

    expect(container.ports?.map(({ containerPort }) => containerPort)).toEqual([(await targetOf(container)).port]);
    expect(container.env.map((variable) => variable.name)).not.toContain('PORT');
    expect(container.env).toContainEqual({ name: 'HOST', value: '0.0.0.0' });
  });

  test.each(['api', 'worker'])(
    'ask the health route of %s on its port, and give it two minutes to start',
    async (name) => {
      const { container } = await manifest(name);
      const { startupProbe, livenessProbe } = container;
      const { port } = await targetOf(container);

      expect(startupProbe?.httpGet).toEqual({ path: '/health', port });
      expect(livenessProbe?.httpGet).toEqual({ path: '/health', port });
      // 240 s is as long as Cloud Run waits
      const patience = (startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0);
      expect(patience).toBeGreaterThanOrEqual(120);
      expect(patience).toBeLessThanOrEqual(240);
    },
  );

  test('have one job, which downloads a release', async () => {
    const { container } = await manifest('ingest');

    expect(container.args).toEqual(['ingest', '--download', expect.stringMatching(/^\d+\.\d+$/) as string]);
  });
});
