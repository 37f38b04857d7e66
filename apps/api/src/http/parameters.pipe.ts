import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { AppError, type ParameterError } from '@app/common';
import { NO_PARAMETER } from './no-parameters.dto';
import { listParameters, parseWholeNumber, wholeNumberParameters } from './parameter-rules';

/**
 * Checks the parameters of a request, or its JSON body, against their DTO; one that the DTO does not know is an error too.
 *
 * Nest's own ValidationPipe does the same with promises, for validators that need them. Ours need none, and a gap is
 * found in less time than those promises take.
 */
@Injectable()
export class ParametersPipe implements PipeTransform<unknown> {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || metatype === undefined || PRIMITIVES.has(metatype)) return value;
    return type === 'body' ? checkBody(value, metatype) : check(value, metatype, PARAMETERS);
  }
}

/**
 * Checks a JSON body against one of several DTOs: the one that the field `discriminator` names.
 *
 * @throws AppError `VALIDATION_FAILED`
 */
export class VariantBodyPipe implements PipeTransform<unknown> {
  constructor(
    private readonly discriminator: string,
    private readonly variants: Readonly<Record<string, Type>>,
  ) {}

  transform(value: unknown): unknown {
    const { discriminator, variants } = this;
    const given = asObject(value, `{"${discriminator}": …}`)[discriminator];
    const variant = typeof given === 'string' && Object.hasOwn(variants, given) ? variants[given] : undefined;
    if (variant !== undefined) return checkBody(value, variant);
    const choices = Object.keys(variants).join(', ');
    const message =
      given === undefined
        ? `"${discriminator}" is missing: give one of ${choices}`
        : `"${discriminator}" must be one of ${choices}, not ${describeValue(given)}`;
    throw new AppError('VALIDATION_FAILED', `${message}.`, [{ pointer: `/${discriminator}`, message }]);
  }
}

const MAX_SHOWN = 40;
/** A request of many faults must not make for a much longer answer. */
const MAX_ERRORS = 20;

/** What a DTO declares; only these names of a request are ever looked at. */
interface Shape {
  readonly names: ReadonlySet<string>;
  readonly wholeNumbers: ReadonlySet<string>;
  /** Fields that may be lists. */
  readonly lists: ReadonlySet<string>;
}

/** How the parts of a request are called, and where they are said to be. */
interface Place {
  readonly unknown: (name: string, hint: string) => string;
  readonly fault: (name: string, message: string) => ParameterError;
}

const PARAMETERS: Place = {
  unknown: (name, hint) => `"${shortened(name)}" is not a parameter of this request; ${hint}`,
  fault: (parameter, message) => ({ parameter: shortened(parameter), message }),
};

const FIELDS: Place = {
  unknown: (name, hint) => `"${shortened(name)}" is not a field of this body; ${hint}`,
  fault: (name, message) => ({ pointer: `/${shortened(name).replaceAll('~', '~0').replaceAll('/', '~1')}`, message }),
};

const PRIMITIVES = new Set<unknown>([String, Number, Boolean, Array, Object]);
const SHAPES = new Map<Type, Shape>();

function checkBody(value: unknown, metatype: Type): unknown {
  // a body is optional where it could say nothing
  const isOptional = shapeOf(metatype).names.size === 0;
  const given = isOptional && (value === undefined || value === null) ? {} : asObject(value, 'a JSON object');
  const { names, lists } = shapeOf(metatype);
  const errors = Object.keys(given)
    .filter((name) => names.has(name) && typeof given[name] === 'object' && given[name] !== null)
    .filter((name) => !(lists.has(name) && Array.isArray(given[name])))
    .map((name) =>
      FIELDS.fault(name, `"${name}" must be one value, not ${Array.isArray(given[name]) ? 'a list' : 'an object'}`),
    );
  if (errors.length > 0) throw faulty(errors);
  return check(given, metatype, FIELDS);
}

function check(value: unknown, metatype: Type, place: Place): unknown {
  const given = asRecord(value);
  const { names, wholeNumbers } = shapeOf(metatype);
  const dto = new metatype() as Record<string, unknown>;
  const unknown: string[] = [];
  for (const name of Object.keys(given)) {
    if (!names.has(name)) unknown.push(name);
    else dto[name] = wholeNumbers.has(name) ? parseWholeNumber(given[name]) : given[name];
  }
  const wrong = validateSync(dto, { stopAtFirstError: true });
  if (unknown.length === 0 && wrong.length === 0) return dto;
  const hint = names.size === 0 ? 'it takes none' : `it takes ${[...names].join(', ')}`;
  const errors = [
    ...unknown.map((name) => place.fault(name, place.unknown(name, hint))),
    ...wrong.map((fault) => place.fault(fault.property, messageOf(fault))),
  ];
  throw faulty(errors);
}

function faulty(errors: readonly ParameterError[]): AppError {
  const told = errors.slice(0, MAX_ERRORS);
  const rest = errors.length > MAX_ERRORS ? `; and ${errors.length - MAX_ERRORS} more` : '';
  return new AppError('VALIDATION_FAILED', `${told.map(({ message }) => message).join('; ')}${rest}.`, told);
}

/** What is a list or an object may be nested deeper than it can be written. */
function describeValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).slice(0, MAX_SHOWN);
  return Array.isArray(value) ? 'a list' : 'an object';
}

function shortened(name: string): string {
  return name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name;
}

function shapeOf(metatype: Type): Shape {
  let shape = SHAPES.get(metatype);
  if (shape === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(metatype, '', false, false);
    const names = rules.map((rule) => rule.propertyName).filter((name) => name !== NO_PARAMETER);
    shape = {
      names: new Set(names),
      wholeNumbers: new Set(wholeNumberParameters(metatype)),
      lists: new Set(listParameters(metatype)),
    };
    SHAPES.set(metatype, shape);
  }
  return shape;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** @throws AppError `VALIDATION_FAILED` where a body is no object */
function asObject(value: unknown, wanted: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const message = value === undefined ? `The body is missing: send ${wanted}` : `The body must be ${wanted}`;
  throw new AppError('VALIDATION_FAILED', `${message}.`, [{ pointer: '', message }]);
}

function messageOf({ property, constraints = {} }: ValidationError): string {
  const [message = `"${property}" is not valid`] = Object.values(constraints);
  return message;
}
