import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import type { ProblemDetailsFilter } from '../http/problem-details.filter';
import type { AdminKeys } from './admin-keys';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on admin routes. */
    admin: string;
  }
}

/** Who asks, and by which request, for the record of what is asked for. */
export function adminOf({ admin, id }: FastifyRequest): { readonly requestedBy: string; readonly requestId: string } {
  return { requestedBy: admin, requestId: id };
}

export const ADMIN_PREFIX = '/api/v1/admin';
export const DASHBOARD_PATH = '/admin/queues';

/** Routes by what the router found, not by what stands in the URL: that can be written in many ways. */
function isAdminRoute({ routeOptions: { url } }: FastifyRequest): boolean {
  return (
    url !== undefined && [ADMIN_PREFIX, DASHBOARD_PATH].some((prefix) => url === prefix || url.startsWith(`${prefix}/`))
  );
}

/**
 * Lets nobody without a key get any further on an admin route: this comes before anything of the request but its headers
 * is read. Programs send the key as bearer token; browsers may send it as password of HTTP Basic, whatever the name.
 */
export function guardAdminRoutes(server: FastifyInstance, keys: AdminKeys, problems: ProblemDetailsFilter): void {
  server.decorateRequest('admin', '');
  server.addHook('onRequest', (request, reply, done) => {
    if (!isAdminRoute(request)) {
      done();
      return;
    }
    void reply.header('cache-control', 'no-store');
    const given = keyOf(request.headers.authorization);
    const admin = given === null ? null : keys.identify(given);
    const forBrowsers = request.routeOptions.url?.startsWith(DASHBOARD_PATH) === true;
    // a browser that is not asked again would go on sending a mistyped password
    if (given === null || (admin === null && forBrowsers)) {
      void reply.header('www-authenticate', forBrowsers ? 'Basic realm="admin", charset="UTF-8"' : 'Bearer');
      const detail = 'This route is for admins: send the header "Authorization: Bearer <admin key>".';
      problems.send(new AppError('UNAUTHENTICATED', detail), request, reply);
      return;
    }
    if (admin === null) {
      problems.send(new AppError('FORBIDDEN', 'The key is none of the admin keys.'), request, reply);
      return;
    }
    request.admin = `admin ${admin}`;
    done();
  });
}

/** The key that a header carries; null where it carries none. */
function keyOf(header: string | undefined): string | null {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+) *$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic': {
      const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
      return password === undefined || password === '' ? null : password;
    }
    default:
      return null;
  }
}
