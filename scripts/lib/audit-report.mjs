// What a report of `npm audit --json` means for a change: which findings must be mended, and which are accepted for now.

const SERIOUS = ['high', 'critical'];

/**
 * @param {unknown} report as `npm audit --json` prints it
 * @returns the serious advisories about the packages of the report, or null where it is no report
 */
export function seriousAdvisories(report) {
  if (typeof report !== 'object' || report === null || typeof report.vulnerabilities !== 'object') return null;
  const found = new Map();
  for (const { via } of Object.values(report.vulnerabilities)) {
    // a text names another package of the report, through which this one is concerned
    for (const advisory of via.filter((cause) => typeof cause === 'object')) {
      if (!SERIOUS.includes(advisory.severity)) continue;
      const id = advisory.url.split('/').at(-1);
      found.set(`${id} ${advisory.name}`, {
        id,
        package: advisory.name,
        severity: advisory.severity,
        title: advisory.title,
        url: advisory.url,
      });
    }
  }
  return [...found.values()];
}

/**
 * @param {{ id: string, package: string, reason: string, expires: string }[]} exceptions
 * @param {string} today as 2026-11-21
 * @returns what is to be mended, what is accepted, and what is wrong with the exceptions themselves
 */
export function judge(advisories, exceptions, today) {
  const faults = exceptions.flatMap((exception) => {
    const { id, package: name, reason, expires } = exception;
    const complete = [id, name, reason].every((value) => typeof value === 'string' && value.trim() !== '');
    if (!complete || !/^\d{4}-\d{2}-\d{2}$/.test(expires ?? '')) {
      return [
        `an exception lacks id, package, reason or expires (a day such as 2027-01-31): ${JSON.stringify(exception)}`,
      ];
    }
    return expires < today ? [`the exception for ${id} (${name}) has expired on ${expires}`] : [];
  });
  const exceptionFor = (advisory) =>
    exceptions.find(
      ({ id, package: name, expires }) => id === advisory.id && name === advisory.package && expires >= today,
    );
  return {
    open: advisories.filter((advisory) => exceptionFor(advisory) === undefined),
    accepted: advisories.flatMap((advisory) => {
      const exception = exceptionFor(advisory);
      return exception === undefined ? [] : [{ ...advisory, reason: exception.reason, expires: exception.expires }];
    }),
    faults,
    unused: exceptions.filter(
      ({ id, package: name }) => !advisories.some((advisory) => advisory.id === id && advisory.package === name),
    ),
  };
}
