// Both servers at a PgBouncer that pools transactions, with far fewer connections than they have.

import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { Load, told } from './load.mjs';
import { check, equal, leftOut, need, note, title } from './report.mjs';
import { eventually, Process } from './servers.mjs';
import { keptOnce, settled, tell } from './under_load.mjs';

const CONNECTIONS = 4;

/** What the load does not ask for. */
const PAGES = [
    '/api/v1/audit',
    '/api/v1/policies',
    '/api/v1/roles',
    '/api/v1/organization/tokens',
    '/account/settings',
    '/organization/audit',
    '/organization/iam/access-policies',
    '/organization/iam/roles',
    '/organization/iam/roles?role=iam-admin',
    '/organization/iam/scim',
    '/organization/iam/sso',
    '/organization/services',
    '/organization/tokens',
    '/organization/users/groups',
    '/tokens',
];

export async function behindPgbouncer(trial, program, problem) {
    title('PgBouncer in transaction mode');
    if (!program) return leftOut(problem);
    // Before, for they hold from the next connection on.
    for (const statement of trial.poolerLimits) await trial.database.query(statement);
    const pooler = await need(`PgBouncer starts, with ${CONNECTIONS} connections to the database`, () => start(trial, program));
    for (const server of trial.servers) await server.stop();
    for (const server of trial.servers) server.env = { ...server.env, DATABASE_URL: pooler.url };
    await check('the limits of the guide are set at the role, and hold behind it', async () => {
        const client = new pg.Client({ connectionString: pooler.url });
        await client.connect();
        const { rows } = await client.query('show statement_timeout');
        await client.end();
        equal(rows[0].statement_timeout, '20s', 'statement_timeout');
    });
    await need('both servers start at it at once', () => Promise.all(trial.servers.map((server) => server.start())));
    await settled();
    await check('nothing fails under load', async () => {
        const load = new Load(trial.nginx, trial, trial.accessLog);
        await load.during(10);
        const { items } = await trial.script.wants(trial.nginx, 200, 'GET', '/api/v1/groups');
        await Promise.all([...PAGES, `/api/v1/groups/${items[0].id}/members`].map((page) => lookOften(trial, page)));
        await load.during(10);
        await load.stop();
        tell(load, 'PgBouncer');
        await keptOnce(trial, load, 0);
        if (load.failed.length > 0) throw new Error(`${load.failed.length} failed:\n${told(load.failed)}`);
    });
    await check('the connections are pooled', async () => {
        const { rows } = await trial.database.query(
            "select count(*)::int as n from pg_stat_activity where application_name = 'usher' and datname = current_database()",
        );
        note(`connections to the database: ${rows[0].n}`);
        if (rows[0].n > CONNECTIONS) throw new Error(`there are ${rows[0].n}`);
    });
    await check('no lock of a migration is left with the pooler', async () => {
        const { rows } = await trial.database.query("select count(*)::int as n from pg_locks where locktype = 'advisory'");
        if (rows[0].n > 0) throw new Error(`there are ${rows[0].n}`);
    });
    // The rest is at the database itself.
    for (const server of trial.servers) {
        await server.stop();
        server.env = { ...server.env, DATABASE_URL: trial.databaseUrl };
        await server.start();
    }
    await settled();
}

/** At both servers, so often that it goes through every connection. */
async function lookOften({ nginx, browser, script }, path) {
    for (let n = 0; n < 20; n += 1) {
        const { status } = path.startsWith('/api/')
            ? await script.ask(nginx, 'GET', path)
            : await nginx.ask('GET', path, { headers: browser.headers() });
        equal(status, 200, `the answer to ${path}`);
    }
}

async function start(trial, program) {
    const folder = path.join(trial.root, 'pgbouncer');
    const direct = new URL(trial.databaseUrl);
    const socket = direct.searchParams.get('host');
    mkdirSync(folder);
    // PgBouncer refuses to run as root, and the socket of the database is its owner's.
    const { uid, gid } = statSync(socket);
    const [name, user, port] = [direct.pathname.slice(1), direct.username, trial.poolerPort];
    writeFileSync(path.join(folder, 'users'), `"${user}" ""\n`);
    writeFileSync(
        path.join(folder, 'pgbouncer.ini'),
        `[databases]
${name} = host=${socket} dbname=${name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${folder}/users
logfile = ${folder}/log
default_pool_size = ${CONNECTIONS}
${trial.poolerSettings}
`,
    );
    for (const file of ['.', 'users', 'pgbouncer.ini']) chownSync(path.join(folder, file), uid, gid);
    const drop = process.getuid() === 0 ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
    const pooler = new Process([...drop, program, path.join(folder, 'pgbouncer.ini')], { log: path.join(folder, 'out') });
    trial.processes.push(pooler);
    const url = `postgres://${user}@127.0.0.1:${port}/${name}`;
    await eventually('PgBouncer answers', async () => {
        if (!pooler.runs) throw new Error(readFileSync(path.join(folder, 'out'), 'utf8'));
        const client = new pg.Client({ connectionString: url });
        return client.connect().then(
            () => client.end().then(() => true),
            () => false,
        );
    });
    return { url };
}
