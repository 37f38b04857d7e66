import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { AppError, type ParameterError } from '@app/common';
import { NO_PARAMETER } from './no-parameters.dto';

/** Checks parameters against their DTO; a parameter that the DTO does not know is an error too. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    validationError: { target: true },
    exceptionFactory: (errors) => validationFailed(errors),
  });
}

function validationFailed(errors: readonly ValidationError[]): AppError {
  const faults = errors.map(toParameterError);
  return new AppError('VALIDATION_FAILED', `${faults.map(({ message }) => message).join('; ')}.`, faults);
}

function toParameterError({ property, constraints = {}, target }: ValidationError): ParameterError {
  if ('whitelistValidation' in constraints) return { parameter: property, message: notAParameter(property, target) };
  const [message = `"${property}" is not valid`] = Object.values(constraints);
  return { parameter: property, message };
}

function notAParameter(property: string, target: object | undefined): string {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target?.constructor ?? Object, '', false, false);
  const known = [...new Set(rules.map((rule) => rule.propertyName))].filter((name) => name !== NO_PARAMETER);
  const hint = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  return `"${property}" is not a parameter of this request; ${hint}`;
}
