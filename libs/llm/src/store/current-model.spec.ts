import { setImmediate as nextTurn } from 'node:timers/promises';
import { toConfig } from '@app/config';
import { CurrentModel } from './current-model';
import type { LlmStore } from './llm-store.service';

/** A store that answers as and when a test wants it. */
class SlowStore {
  readonly looks: ((version: string | null) => void)[] = [];

  lastModelVersion(): Promise<string | null> {
    return new Promise((resolve) => this.looks.push(resolve));
  }
}

describe('The model that answers now', () => {
  let store: SlowStore;
  let model: CurrentModel;

  beforeEach(() => {
    store = new SlowStore();
    model = new CurrentModel(toConfig({}), store as unknown as LlmStore);
  });

  const look = async (nth: number, version: string | null): Promise<void> => {
    await nextTurn();
    store.looks[nth - 1]?.(version);
    await nextTurn();
  };

  it('is as the database has it after the question, whatever an earlier look finds', async () => {
    const before = model.now();
    await nextTurn();
    const after = model.now();
    await look(1, 'gemini-3.5-flash');
    await look(2, 'gemini-4-flash');

    expect([await before, await after]).toEqual([expect.any(String), 'gemini-4-flash']);
  });

  it('is looked up once for all who ask meanwhile', async () => {
    const first = model.now();
    await nextTurn();
    const others = Array.from({ length: 10 }, () => model.now());
    await look(1, null);
    await look(2, 'gemini-4-flash');

    await first;
    expect(await Promise.all(others)).toEqual(new Array(10).fill('gemini-4-flash'));
    expect(store.looks).toHaveLength(2);
  });

  it('is remembered, and looked up again in the background', async () => {
    expect(model.lastKnown()).toBeNull();
    await look(1, 'gemini-4-flash');

    expect(model.lastKnown()).toBe('gemini-4-flash');
    expect(store.looks).toHaveLength(1);
  });
});
