/** A statement's rows on their way to the client. */
import type { FieldDef } from 'pg';
import type { Catalog, DescribeColumns, ResultColumn, Translation } from '../contract';
import type { Execution } from './execution';
import type { RowReader } from './flight';

/** Hands columns and rows to the request's sink, in canonical text. */
export class ResultForwarding implements RowReader {
  private readers: readonly ResultColumn['read'][] = [];
  rows = 0;

  constructor(
    private readonly known: NonNullable<Translation['columns']>,
    private readonly catalog: Catalog,
    private readonly describe: DescribeColumns,
    private readonly execution: Execution,
  ) {}

  columns(fields: readonly FieldDef[]): void {
    const columns = this.describe(fields, this.known, this.catalog);
    this.readers = columns.map(({ read }) => read);
    this.execution.sink.columns(columns.map(({ column }) => column));
  }

  row(values: readonly (string | null)[]): Promise<void> | void {
    this.rows += 1;
    const { readers } = this;
    return this.execution.sink.row(
      values.map((value, index) => (value === null ? null : (readers[index]?.(value) ?? value))),
    );
  }
}
