import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Job } from '@app/database';
import { JobDto } from './dto/job.dto';

/** Answers with a job that was asked for, and where to ask how far it is. */
export function acceptedJob(job: Job, reply: FastifyReply): JobDto {
  void reply.header('location', `/api/v1/jobs/${job.id}`);
  return JobDto.of(job);
}

/**
 * Answers, in place of what was asked for, with the job that is at it (202). Nobody may keep that answer: it will be
 * another one before long.
 */
export function unfinishedJob(job: Job, request: FastifyRequest, reply: FastifyReply): JobDto {
  request.answeredFrom = null;
  void reply.status(202).header('retry-after', 1);
  return acceptedJob(job, reply);
}
