import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ProblemExample } from '../http/api-docs';

/** Name of the security scheme in the OpenAPI document. */
export const ADMIN_SCHEME = 'admin-key';

/** Documents a controller as one for admins. That nobody else gets in is seen to by admin-access.ts, by the path. */
export function AdminRoutes(): ClassDecorator {
  return applyDecorators(ApiTags('Admin'), ApiBearerAuth(ADMIN_SCHEME));
}

/** Problems of every admin route. */
export const ADMIN_PROBLEMS: readonly ProblemExample[] = [
  {
    code: 'UNAUTHENTICATED',
    detail: 'This route is for admins: send the header "Authorization: Bearer <admin key>".',
  },
  { code: 'FORBIDDEN', detail: 'The key is none of the admin keys.' },
  { code: 'DATABASE_UNAVAILABLE', detail: 'Jobs are kept in the database, which is away.' },
];

/** Problems of routes that are sent a body, be it one that they do not take. */
export const BODY_PROBLEMS: readonly ProblemExample[] = [
  { code: 'PAYLOAD_TOO_LARGE', detail: 'The body must have at most 65536 bytes.' },
  { code: 'UNSUPPORTED_MEDIA_TYPE', detail: '"content-type" must be application/json where there is a body.' },
];
