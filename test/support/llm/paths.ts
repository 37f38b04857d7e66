/** Paths of answers that the LLM has to do with. */
export const llmGapPath = (from: string, to: string, include?: 'true' | 'false'): string =>
  `/api/v1/skill-gap-llm?from=${from}&to=${to}${include === undefined ? '' : `&include_llm_descriptions=${include}`}`;
export const levelGapPath = (from: string, to: string): string => `/api/v1/skill-gap-by-lvl?from=${from}&to=${to}`;
export const strictGapPath = (from: string, to: string): string => `/api/v1/skill-gap?from=${from}&to=${to}`;
export const assessmentPath = (code: string): string => `/api/v1/occupations/${code}/assessment`;
