import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnitOfWork, type SqlValue } from '@app/database';
import {
  holdLoadingRelease,
  recordRejections,
  ReleaseUnusableError,
  type LoadingRelease,
  type ProgressListener,
  type RejectedSourceRow,
} from '@app/normalization';
import type { LandedFile } from '../release-loading.service';
import { systemFault } from '../sources/system-fault';
import { readHeader, type HeaderLayout } from './header';
import type { ReleaseTable } from './release-tables';
import { readTsvLines, type TsvLine } from './tsv-lines';

/** Brings the lines of text files into the landing tables, as they were delivered. */
@Injectable()
export class LandingService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Lands all tables of a release.
   *
   * @throws ReleaseUnusableError where a header is wrong, a table that is needed has no usable row, or the source is damaged
   * @throws JobLostError where the release was given up, or its job taken over
   * @throws the signal's reason once it is aborted
   */
  async land(
    loading: LoadingRelease,
    tables: readonly ReleaseTable[],
    signal: AbortSignal,
    onProgress: ProgressListener,
  ): Promise<LandedFile[]> {
    const total = tables.reduce((bytes, { file }) => bytes + file.size, 0);
    let done = 0;
    const landed: LandedFile[] = [];
    for (const table of tables) {
      const file = await this.landFile(loading, table, signal, (bytes) => {
        done += bytes;
        onProgress({ stage: 'landing', done, total });
      });
      landed.push(file);
    }
    return landed;
  }

  private async landFile(
    loading: LoadingRelease,
    { file, spec }: ReleaseTable,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<LandedFile> {
    const hash = createHash('sha256');
    let unreported = 0;
    let landed = 0;
    let rejected = 0;
    let header: HeaderLayout | null = null;
    let pending: TsvLine[] = [];
    const { chunkRows } = this.unitOfWork;
    // one chunk is being written while the lines of the next are read
    let writing: Promise<void> = Promise.resolve();
    const flush = async (layout: HeaderLayout): Promise<void> => {
      signal.throwIfAborted();
      const chunk = sortOut(file.name, pending, layout);
      pending = [];
      const bytes = unreported;
      unreported = 0;
      await writing;
      writing = this.write(loading, file.name, spec.landingTable, layout, chunk).then(() => {
        landed += chunk.rows.length;
        rejected += chunk.rejections.length;
        onBytes(bytes);
      });
      writing.catch(() => undefined); // awaited by the next flush; until then nobody would be listening
    };

    const stream = await file.open();
    try {
      const lines = readTsvLines(stream, (bytes) => {
        hash.update(bytes);
        unreported += bytes.length;
      });
      for await (const batch of lines) {
        if (batch.length === 0) continue;
        header ??= readHeader(file.name, batch.shift(), spec);
        for (const line of batch) {
          pending.push(line);
          if (pending.length === chunkRows) await flush(header);
        }
      }
      await flush(header ?? readHeader(file.name, undefined, spec));
      await writing;
    } catch (error) {
      throw readFault(file.name, error);
    } finally {
      stream.destroy();
      // what follows a failure deletes the landed rows: no chunk may arrive after that
      await writing.catch(() => undefined);
    }
    if (landed === 0 && spec.optional !== true) {
      const faulty = rejected === 0 ? '' : ` ${rejected} lines were rejected.`;
      throw new ReleaseUnusableError(`${file.name} has no usable row.${faulty}`);
    }
    return { name: file.name, landed, rejected, checksum: hash.digest('hex') };
  }

  private async write(
    loading: LoadingRelease,
    fileName: string,
    landingTable: string,
    layout: HeaderLayout,
    { rows, rejections }: SortedLines,
  ): Promise<void> {
    if (rows.length === 0 && rejections.length === 0) return;
    const columns = ['ingestion_id', 'attempt', 'source_file', 'line_no', ...layout.columns];
    const values = rows.map(({ lineNo, fields }): SqlValue[] => [
      loading.jobId,
      loading.attempt,
      fileName,
      lineNo,
      ...layout.positions.map((position) => fields[position] ?? null),
    ]);
    await this.unitOfWork.runBulk(async (manager) => {
      await holdLoadingRelease(manager, loading);
      if (values.length > 0) await this.unitOfWork.insertRows(manager, landingTable, columns, values);
      await recordRejections(this.unitOfWork, manager, loading, rejections);
    });
  }
}

interface SortedLines {
  readonly rows: readonly { readonly lineNo: number; readonly fields: readonly string[] }[];
  readonly rejections: readonly RejectedSourceRow[];
}

/** Parts lines that can be landed from those that cannot be brought into columns. */
function sortOut(sourceFile: string, lines: readonly TsvLine[], { width }: HeaderLayout): SortedLines {
  const rows: { lineNo: number; fields: readonly string[] }[] = [];
  const rejections: RejectedSourceRow[] = [];
  for (const line of lines) {
    const { lineNo } = line;
    if ('fault' in line) {
      const reason =
        line.fault === 'BAD_ENCODING' ? 'The line is not valid UTF-8' : 'The line is longer than any O*NET row';
      rejections.push({ sourceFile, lineNo, raw: line.raw, code: line.fault, reason });
    } else if (line.fields.length === width) {
      rows.push(line);
    } else {
      const code = line.fields.length < width ? 'TOO_FEW_COLUMNS' : 'TOO_MANY_COLUMNS';
      const reason = `The line has ${line.fields.length} columns, the header ${width}`;
      rejections.push({ sourceFile, lineNo, raw: line.fields.join('\t'), code, reason });
    }
  }
  return { rows, rejections };
}

/** A file that cannot be read to its end is a fault of the source; anything else stays what it is. */
function readFault(file: string, error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const unreadable = code === 'EIO' || code === 'EACCES' || code === 'ENOENT' || code === 'EISDIR';
  const fault = systemFault(error);
  if (!unreadable || fault === null) return error;
  return new ReleaseUnusableError(`${file} cannot be read: ${fault}.`, { cause: error });
}
