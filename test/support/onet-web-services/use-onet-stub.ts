import { SmallRelease } from '../release-folder';
import { useStub } from '../stubs/use-stub';
import { OnetStub, type OnetStubOptions } from './onet-stub';

/**
 * Starts an {@link OnetStub} for every test of the calling `describe` or file, and stops it after the test.
 *
 * @param options.release what it serves; by default a small release
 */
export function useOnetStub({
  release = new SmallRelease(),
  ...options
}: OnetStubOptions & { readonly release?: SmallRelease } = {}): OnetStub {
  return useStub(OnetStub.fromRelease(release, options));
}
