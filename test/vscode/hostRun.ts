/** What the runner and the extension host know of one run. */

export interface HostRun {
  /** The test world's address, for connectToWorld. */
  readonly world: string;
  /** Where the extension host writes mocha's report as it goes. */
  readonly report: string;
  /** Where the extension host writes the counts at the end; without it the run has failed. */
  readonly counts: string;
  /** Whether the report is for a terminal. */
  readonly color: boolean;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The environment variable that names the JSON file with the HostRun. */
export const hostRunVariable = 'SHOPMASTER_HOST_RUN';
