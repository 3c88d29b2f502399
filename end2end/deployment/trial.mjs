// The trial of docs/deployment.md, which bin/check-deployment has laid the ground for: it asks two servers behind nginx,
// lets them fall, and counts. Told all by the environment, see that script.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { agree, startBoth } from './agreement.mjs';
import { Place } from './client.mjs';
import { Mails } from './mails.mjs';
import { behindPgbouncer } from './pgbouncer.mjs';
import { close, fault, GivenUp } from './report.mjs';
import { Server } from './servers.mjs';
import { underLoad } from './under_load.mjs';
import { upgrade } from './upgrade.mjs';

const given = (name) => process.env[`TRIAL_${name}`] ?? '';
const root = given('ROOT');
const url = given('URL');
const program = given('PROGRAM');
const mails = new Mails(2);
const mailUrls = await mails.listen();

const servers = ['one', 'two'].map((name, n) => {
    const port = given('PORTS').split(' ')[n];
    const env = {
        DATABASE_URL: given('DATABASE_URL'),
        USHER_LISTEN: `127.0.0.1:${port}`,
        USHER_DATA_DIR: path.join(root, name),
        USHER_SECRET_KEY_FILE: path.join(root, 'key'),
        USHER_MAIL_URL: mailUrls[n],
        // Short, so that what a dead server had in hand is seen to come again.
        USHER_MAIL_LEASE: '20s',
        // The load is one person's, and is to be answered.
        USHER_THROTTLE_QUESTIONS_TOKEN: '100000',
        USHER_THROTTLE_INVITATIONS_USER: '100000/1s',
        USHER_THROTTLE_INVITATIONS_ORGANIZATION: '100000/1s',
    };
    return new Server({
        name: `server ${name}`,
        program,
        config: path.join(root, 'usher.toml'),
        log: path.join(root, `${name}.log`),
        place: new Place(`http://127.0.0.1:${port}`, url),
        port,
        env,
    });
});

const database = new pg.Pool({ connectionString: given('DATABASE_URL'), max: 2 });
database.on('error', () => undefined);
const trial = {
    root,
    program,
    servers,
    mails,
    database,
    databaseUrl: given('DATABASE_URL'),
    poolerPort: given('PORTS').split(' ')[2],
    poolerSettings: given('POOLER_SETTINGS'),
    poolerLimits: given('POOLER_LIMITS').split('\n').filter(Boolean),
    site: given('SITE'),
    accessLog: path.join(root, 'access.log'),
    nginx: new Place(given('NGINX'), url, readFileSync(given('CA'))),
    processes: [],
    usher: async (...words) => {
        const env = { ...process.env, ...servers[0].env };
        const { stdout } = await promisify(execFile)(program, [...words, '--config', path.join(root, 'usher.toml')], { env });
        return stdout;
    },
};

// What was started ends with this.
for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
        for (const { child } of [...servers.map((server) => server.process), ...trial.processes].filter(Boolean)) child.kill('SIGKILL');
        process.exit(1);
    });
}

async function end() {
    await Promise.all(servers.map((server) => server.process?.runs && server.stop()));
    await Promise.all(trial.processes.map((process) => process.runs && process.signal('SIGTERM')));
    await database.end();
    mails.close();
}

try {
    await startBoth(trial);
    await agree(trial);
    await underLoad(trial);
    await behindPgbouncer(trial, given('PGBOUNCER'), given('NO_PGBOUNCER'));
    await upgrade(trial, given('NEWER'));
} catch (error) {
    if (!(error instanceof GivenUp)) fault('the trial itself', error.stack ?? error);
} finally {
    await end();
}
process.exit(close() ? 0 : 1);
