const HEALTH_ROUTES = ['/health', '/health/ready'];

/** Where the metrics are. */
export const METRICS_ROUTE = '/metrics';

/** What whoever runs the process looks at, again and again. */
export const WATCHED_ROUTES: readonly string[] = [...HEALTH_ROUTES, METRICS_ROUTE];

/** Whether a route, as the router knows it, tells about the health of the process. */
export function isHealthRoute(route: string | undefined): boolean {
  return route !== undefined && HEALTH_ROUTES.includes(route);
}
