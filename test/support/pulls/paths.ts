import { codeOf } from '../release-folder';

/** Paths of answers about occupations of a small release, counted from 0. */
export const occupationPath = (occupation: number): string => `/api/v1/occupations/${codeOf(occupation)}`;
export const skillsPath = (occupation: number): string => `${occupationPath(occupation)}/skills`;
export const strictGapPath = (from: number, to: number): string =>
  `/api/v1/skill-gap?from=${codeOf(from)}&to=${codeOf(to)}`;
export const levelGapPath = (from: number, to: number): string =>
  `/api/v1/skill-gap-by-lvl?from=${codeOf(from)}&to=${codeOf(to)}`;
