// A database of its own for each server, on the PostgreSQL that `DATABASE_URL` names.

import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface Database {
    url: string;
    drop(): Promise<void>;
}

/** A new empty database, or none where no PostgreSQL is given: the server then brings up its own. */
export async function createDatabase(): Promise<Database | undefined> {
    const server = process.env['DATABASE_URL'];
    if (!server) return undefined;
    const name = `usher_browser_${randomBytes(6).toString('hex')}`;
    await run(server, `create database ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return { url: url.href, drop: () => run(server, `drop database if exists ${name} with (force)`) };
}

async function run(connectionString: string, statement: string): Promise<void> {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
        await client.query(statement);
    } finally {
        await client.end();
    }
}
