import { Injectable, type OnModuleInit, type Provider } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { JobDefinition } from './job-definition';
import { HANDLED_JOB, type JobHandler } from './job-handler';

/** A kind of job and who does its work. */
export interface RegisteredJob {
  readonly definition: JobDefinition;
  readonly handler: JobHandler;
}

/** Announces a kind of job; a process that knows of one without knowing its handler does not start. */
export function declareJob<Payload extends object, Result extends object>(
  definition: JobDefinition<Payload, Result>,
): Provider {
  return { provide: Symbol(`JobDefinition ${definition.name}`), useValue: definition };
}

/** Every kind of job of this process. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private jobs: ReadonlyMap<string, RegisteredJob> | null = null;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error where a kind of job has no handler, or two */
  onModuleInit(): void {
    this.all();
  }

  /** The kind of job of that name, or undefined. */
  find(name: string): RegisteredJob | undefined {
    return this.all().get(name);
  }

  names(): string[] {
    return [...this.all().keys()];
  }

  queues(): string[] {
    return [...new Set([...this.all().values()].map(({ definition }) => definition.queue))];
  }

  private all(): ReadonlyMap<string, RegisteredJob> {
    this.jobs ??= this.discover();
    return this.jobs;
  }

  private discover(): ReadonlyMap<string, RegisteredJob> {
    const instances = this.discovery.getProviders().map((wrapper): unknown => wrapper.instance);
    const definitions = new Set(instances.filter((instance) => instance instanceof JobDefinition));
    const handlers = instances.flatMap((instance) => {
      const definition = handledBy(instance);
      return definition === undefined ? [] : [{ definition, handler: instance as JobHandler }];
    });
    const jobs = new Map<string, RegisteredJob>();
    for (const definition of definitions) {
      if (jobs.has(definition.name)) throw new Error(`There are two kinds of job with the name ${definition.name}`);
      const [own, second] = handlers.filter((candidate) => candidate.definition === definition);
      if (own === undefined) throw new Error(`The job ${definition.name} has no handler`);
      if (second !== undefined) throw new Error(`The job ${definition.name} has more than one handler`);
      jobs.set(definition.name, own);
    }
    for (const { definition } of handlers) {
      if (!definitions.has(definition))
        throw new Error(`The job ${definition.name} has a handler, but is not declared`);
    }
    return jobs;
  }
}

function handledBy(instance: unknown): JobDefinition | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  return Reflect.getMetadata(HANDLED_JOB, instance.constructor) as JobDefinition | undefined;
}
