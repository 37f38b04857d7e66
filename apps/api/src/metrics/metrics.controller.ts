import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { METRICS_MEDIA_TYPE } from '@app/metrics';
import { ADMIN_SCHEME } from '../admin/admin-docs';
import { ApiProblems, REQUEST_ID } from '../http/api-docs';
import { MetricsPage } from './metrics-page';

const EXAMPLE = `# HELP onet_database_up Whether the database answers.
# TYPE onet_database_up gauge
onet_database_up 1
`;

@ApiTags('Health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly page: MetricsPage) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Header('Content-Type', METRICS_MEDIA_TYPE)
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'What the process counts and measures, for Prometheus',
    description:
      'Needs one of `METRICS_KEYS` or an admin key as bearer token, unless the server listens on loopback only, without a ' +
      'proxy and without keys for this.',
  })
  @ApiSecurity({})
  @ApiBearerAuth(ADMIN_SCHEME)
  @ApiOkResponse({
    description: "All metrics, in Prometheus' text format.",
    headers: REQUEST_ID,
    content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @ApiProblems('/metrics', [
    { code: 'UNAUTHENTICATED', detail: 'Metrics need a key: send the header "Authorization: Bearer <key>".' },
    { code: 'FORBIDDEN', detail: 'The key is none of those that open the metrics.' },
  ])
  getMetrics(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.page.show(request, reply);
  }
}
