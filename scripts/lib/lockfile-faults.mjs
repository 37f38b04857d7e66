// What package-lock.json may not hold, which can be told without asking anybody: packages that are not what they were
// when they were locked, that come from elsewhere than the registry, or that run scripts nobody has decided about.

/**
 * @param {{ packages: Record<string, { version?: string, integrity?: string, resolved?: string, link?: boolean, hasInstallScript?: boolean }> }} lock
 * @param {Record<string, boolean>} allowScripts as in package.json: which packages may run install scripts, and which not
 * @returns {string[]} one sentence for each fault
 */
export function lockfileFaults({ packages }, allowScripts) {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, { integrity = '', resolved, link = false, hasInstallScript = false }]) => {
      const name = path.replace(/^.*node_modules\//, '');
      return [
        ...(integrity.startsWith('sha512-') ? [] : [`${name} has no SHA-512 in package-lock.json (${path})`]),
        ...(resolved === undefined && !link
          ? []
          : [`${name} does not come from the registry: ${resolved ?? 'a link'}`]),
        ...(hasInstallScript && !Object.hasOwn(allowScripts, name)
          ? [`${name} has an install script: allow or refuse it under allowScripts in package.json`]
          : []),
      ];
    });
}
