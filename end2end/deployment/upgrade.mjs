// A newer version beside the older one: a schema that is brought up to date under load, and one server after the other.

import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Load, told } from './load.mjs';
import { check, equal, leftOut, title } from './report.mjs';
import { keptOnce, settled, tell } from './under_load.mjs';

/** What a newer version might add: columns of what every request reads and writes. */
const TOMORROW = 9999;
const ADDITIONS = ['sessions', 'users', 'access_tokens', 'groups', 'memberships', 'organizations', 'mails', 'idempotency_keys', 'throttles', 'invitations', 'audit'];

export async function upgrade(trial, newer) {
    title('A newer schema under load');
    await check('both go on while the schema gets more columns and a migration that they do not know', () => newerSchema(trial));
    await check('one that is started afterwards ends with a word about the newer schema', async () => {
        const server = trial.servers[0];
        await server.stop();
        const { code, said } = await server.isRefused();
        equal([code, /brought up to date by a newer Usher/.test(said)], [1, true], `the end (${said})`);
    });
    await trial.database.query('delete from _sqlx_migrations where version = $1', [TOMORROW]);
    await trial.servers[0].start();
    await settled();
    title('One server after the other to a newer version, under load');
    if (newer) await check('nothing fails', () => rolling(trial, newer));
    else leftOut('no newer version: --newer PROGRAM, built with one migration more');
}

async function nothingFails(trial, load, what) {
    await load.stop();
    tell(load, what);
    await keptOnce(trial, load, 0);
    if (load.failed.length > 0) throw new Error(`${load.failed.length} failed:\n${told(load.failed)}`);
}

async function newerSchema(trial) {
    const load = new Load(trial.nginx, trial, trial.accessLog);
    await load.during(3);
    // As a migration does it: in one transaction.
    const columns = ADDITIONS.map((table) => `alter table ${table} add column of_tomorrow text not null default 'x';`);
    await trial.database.query(
        `begin; ${columns.join(' ')} create table of_tomorrow (id bigint primary key);
         insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (${TOMORROW}, 'of tomorrow', true, '', 0); commit`,
    );
    await load.during(5);
    for (const server of trial.servers) equal(await server.isReady(), true, `${server.name} ready`);
    await nothingFails(trial, load, 'a newer schema');
}

async function rolling(trial, newer) {
    const migrations = async () => (await trial.database.query('select count(*)::int as n from _sqlx_migrations')).rows[0].n;
    const [before, old] = [await migrations(), trial.program];
    // Its pages have a file that the older ones have not.
    const site = path.join(trial.root, 'newer-site');
    cpSync(trial.site, site, { recursive: true });
    writeFileSync(path.join(site, 'pkg', 'of_tomorrow.css'), 'a { color: red }');
    const load = new Load(trial.nginx, trial, trial.accessLog);
    await load.during(3);
    for (const [n, server] of trial.servers.entries()) {
        await load.creation();
        const { code } = await server.stop();
        equal(code, 0, `the end of ${server.name}`);
        server.program = newer;
        server.env = { ...server.env, USHER_SITE_ROOT: site };
        await server.start();
        equal(await migrations() > before, true, 'the schema is newer');
        await load.during(6);
        if (n > 0) continue;
        // Old and new side by side: whichever server a page comes from, its files are found.
        const files = await Promise.all(Array.from({ length: 20 }, () => trial.nginx.ask('GET', '/pkg/of_tomorrow.css')));
        equal([...new Set(files.map(({ status }) => status))], [200], 'the answers about a file of the newer version');
    }
    await nothingFails(trial, load, 'old and old, new and old, new and new');
    trial.servers[0].program = old;
    await trial.servers[0].stop();
    const { said } = await trial.servers[0].isRefused();
    equal(/brought up to date by a newer Usher/.test(said), true, `the older version is refused (${said})`);
    trial.servers[0].program = newer;
    await trial.servers[0].start();
}
