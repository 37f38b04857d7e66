/** A metric that an expression asks for, with the labels that it names. */
interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What an expression of PromQL refers to, as far as names go. */
export interface References {
  readonly selectors: readonly Selector[];
  /** Labels by which is grouped or matched. */
  readonly groupedBy: readonly string[];
}

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** @throws Error where there is something in the expression that is none of what our own expressions are made of */
export function referencesOf(expression: string): References {
  const groupedBy: string[] = [];
  const plain = expression.replace(/\[[^\]]*\]/g, '').replace(GROUPING, (_, list: string) => {
    groupedBy.push(...list.split(',').map((label) => label.trim()));
    return ' ';
  });
  const selectors: Selector[] = [];
  const rest = plain.replace(
    /\b([a-z_]\w*)\s*(\{(?:"[^"]*"|[^}"])*\})?(\s*\()?/gi,
    (whole, name: string, matchers?: string, call?: string) => {
      if (call !== undefined) return '(';
      if (WORDS.has(name) && matchers === undefined) return ' ';
      // the exponent of a number
      if (/^e\d+$/.test(name)) return whole;
      const labels = [...(matchers ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label);
      selectors.push({ metric: name, labels });
      return ' ';
    },
  );
  if (!/^[\s\d.e()+*/<>=!,-]*$/.test(rest)) throw new Error(`Not understood: ${rest} in ${expression}`);
  return { selectors, groupedBy };
}
