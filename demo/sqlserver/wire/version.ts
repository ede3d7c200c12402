/** The version the stand-in answers with: SQL Server 2022 as first released. */
export const serverVersion = { product: 'Microsoft SQL Server', major: 16, minor: 0, build: 1000 } as const;

/** TDS versions as LOGIN7 and LOGINACK name them. */
export const TdsVersion = { v73a: 0x730a0003, v73b: 0x730b0003, v74: 0x74000004 } as const;
