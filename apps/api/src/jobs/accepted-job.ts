import type { FastifyReply } from 'fastify';
import type { Job } from '@app/database';
import { JobDto } from './dto/job.dto';

/** Answers with a job that was asked for, and where to ask how far it is. */
export function acceptedJob(job: Job, reply: FastifyReply): JobDto {
  void reply.header('location', `/api/v1/jobs/${job.id}`);
  return JobDto.of(job);
}
