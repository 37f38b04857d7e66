import { Injectable, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { JobDefinition } from './job-definition';
import { HandlesJob, type JobHandler } from './job-handler';
import { declareJob, JobRegistry } from './job-registry';

const IMPORT = new JobDefinition({ name: 'import', queue: 'ingestion', attempts: 3, backoffMs: 1 });
const EXPORT = new JobDefinition({ name: 'export', queue: 'ingestion', attempts: 3, backoffMs: 1 });
const NAMESAKE = new JobDefinition({ name: 'import', queue: 'other', attempts: 3, backoffMs: 1 });

class DoesNothing implements JobHandler {
  run(): Promise<object> {
    return Promise.resolve({});
  }
}

@Injectable()
@HandlesJob(IMPORT)
class ImportHandler extends DoesNothing {}

@Injectable()
@HandlesJob(IMPORT)
class SecondImportHandler extends DoesNothing {}

@Injectable()
@HandlesJob(EXPORT)
class ExportHandler extends DoesNothing {}

@Injectable()
@HandlesJob(NAMESAKE)
class NamesakeHandler extends DoesNothing {}

@Module({})
class ProcessModule {}

/** The registry of a process with these providers. */
async function start(providers: Provider[]): Promise<JobRegistry> {
  const module = { module: ProcessModule, imports: [DiscoveryModule], providers: [JobRegistry, ...providers] };
  const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  return context.get(JobRegistry);
}

describe('JobRegistry', () => {
  it('knows the handler of each kind of job by its name', async () => {
    const registry = await start([declareJob(IMPORT), ImportHandler, declareJob(EXPORT), ExportHandler]);

    expect(registry.find('import')?.handler).toBeInstanceOf(ImportHandler);
    expect(registry.find('export')?.handler).toBeInstanceOf(ExportHandler);
    expect(registry.find('constructor')).toBeUndefined();
  });

  it('lists each queue once', async () => {
    const registry = await start([declareJob(IMPORT), ImportHandler, declareJob(EXPORT), ExportHandler]);

    expect(registry.queues()).toEqual(['ingestion']);
  });

  it('takes a kind of job that two modules declare as one', async () => {
    const registry = await start([declareJob(IMPORT), declareJob(IMPORT), ImportHandler]);

    expect(registry.find('import')?.definition).toBe(IMPORT);
  });

  it.each<[string, Provider[], string]>([
    ['a kind of job has no handler', [declareJob(IMPORT)], 'The job import has no handler'],
    [
      'a kind of job has two handlers',
      [declareJob(IMPORT), ImportHandler, SecondImportHandler],
      'The job import has more than one handler',
    ],
    ['a handler has no kind of job', [ImportHandler], 'The job import has a handler, but is not declared'],
    [
      'two kinds of job have one name',
      [declareJob(IMPORT), ImportHandler, declareJob(NAMESAKE), NamesakeHandler],
      'There are two kinds of job with the name import',
    ],
  ])('stops the start where %s', async (_, providers, sentence) => {
    await expect(start(providers)).rejects.toThrow(sentence);
  });
});
