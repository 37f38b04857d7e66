import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { at, parsedJson } from './json';
import { promptOf } from './request-body';

/** Replies that are known by the one property at the top of their schema. */
export const KINDS = { assessment: 'skill_proficiency_assessment', gap: 'skill_gap_descriptions' } as const;

export type ReplyKind = keyof typeof KINDS;

export interface SeenRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** Null where the path names none. */
  readonly model: string | null;
  /** The key that it came with, valid or not; null where there is none. */
  readonly key: string | null;
  readonly headers: IncomingHttpHeaders;
  /** Parsed; undefined where it is no JSON. */
  readonly body: unknown;
  /** All text parts, that of the system first, each on lines of its own. */
  readonly prompt: string;
  /** What is asked for; null where the schema is that of neither. */
  readonly kind: ReplyKind | null;
  /** O*NET-SOC code of an assessment; null where the schema does not pin it to one. */
  readonly code: string | null;
  /** Skill names that the schema allows, in its order. */
  readonly skills: readonly string[];
  /** When it had arrived, in milliseconds of `performance.now()`. */
  readonly time: number;
}

const GENERATE_CONTENT = /^\/v1beta\/models\/([^/:]+):generateContent$/;

/** @param text the body */
export function seenRequest({ method = '', url = '', headers }: IncomingMessage, text: string): SeenRequest {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const body = parsedJson(text);
  const schema = at(body, 'generationConfig', 'responseSchema');
  const kind = kindOf(schema);
  const key = headers['x-goog-api-key'] ?? new URLSearchParams(query).get('key');
  return {
    method,
    path,
    model: GENERATE_CONTENT.exec(path)?.[1] ?? null,
    key: typeof key === 'string' ? key : null,
    headers,
    body,
    prompt: promptOf(body),
    kind,
    code: kind === 'assessment' ? codeOf(schema) : null,
    skills: kind === null ? [] : skillsOf(schema, kind),
    time: performance.now(),
  };
}

function kindOf(schema: unknown): ReplyKind | null {
  const found = Object.entries(KINDS).find(([, property]) => at(schema, 'properties', property) !== undefined);
  return found === undefined ? null : (found[0] as ReplyKind);
}

function codeOf(schema: unknown): string | null {
  const codes = namesOf(at(schema, 'properties', KINDS.assessment, 'properties', 'llm_onet_soc_code'));
  return codes.length === 1 ? (codes[0] ?? null) : null;
}

function skillsOf(schema: unknown, kind: ReplyKind): readonly string[] {
  const top = at(schema, 'properties', KINDS[kind]);
  const list = kind === 'gap' ? top : at(top, 'properties', 'assessed_skills');
  return namesOf(at(list, 'items', 'properties', 'llm_skill_name'));
}

function namesOf(schema: unknown): readonly string[] {
  const names = at(schema, 'enum');
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
