// A SAML identity provider of its own: pysaml2 in a child process, which ends when its input does. See pysaml2_idp.py.

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { CERTIFICATE_ENDS, fetchText, samlPerson, type SamlPerson, type SamlProvider } from './saml.ts';

const STOP = 10_000;

export class Pysaml2 implements SamlProvider {
    readonly certificate: string;
    readonly entityId: string;
    readonly ssoUrl: string;
    readonly metadataUrl: string;
    readonly metadata: string;
    private readonly url: string;
    private readonly process: ChildProcess;

    private constructor(process: ChildProcess, url: string, certificate: string, metadata: string) {
        [this.process, this.url, this.certificate, this.metadata] = [process, url, certificate, metadata];
        [this.entityId, this.metadataUrl, this.ssoUrl] = [`${url}/metadata`, `${url}/metadata`, `${url}/sso`];
    }

    static async open(): Promise<Pysaml2> {
        const python = process.env['USHER_PYSAML2'];
        if (!python) throw new Error('USHER_PYSAML2 names no Python with pysaml2: run bin/setup, and `. bin/toolchain`');
        const script = join(import.meta.dirname, 'pysaml2_idp.py');
        const child = spawn(python, ['-W', 'ignore', script, CERTIFICATE_ENDS.toISOString().replace('Z', '+00:00')], {
            // What it complains of stands with what the tests print.
            stdio: ['pipe', 'pipe', 'inherit'],
        });
        const failed = new Promise<never>((_, reject) => {
            child.once('error', reject);
            child.once('exit', (code) => reject(new Error(`pysaml2 ended with ${code}`)));
        });
        failed.catch(() => undefined);
        const first = createInterface(child.stdout)[Symbol.asyncIterator]().next();
        const { value } = await Promise.race([first, failed]);
        const { url, certificate } = JSON.parse(String(value)) as { url: string; certificate: string };
        return new Pysaml2(child, url, certificate, await fetchText(`${url}/metadata`));
    }

    async trust(metadataUrl: string): Promise<void> {
        await this.tell('/trust', await fetchText(metadataUrl));
    }

    async know(person: Pick<SamlPerson, 'email'> & Partial<SamlPerson>): Promise<SamlPerson> {
        const known = samlPerson(person);
        await this.tell('/know', JSON.stringify(known));
        return known;
    }

    async close(): Promise<void> {
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        const ended = new Promise((resolve) => this.process.once('exit', resolve));
        this.process.stdin?.end();
        const kill = setTimeout(() => this.process.kill('SIGKILL'), STOP);
        await ended;
        clearTimeout(kill);
    }

    private async tell(path: string, body: string): Promise<void> {
        const answer = await fetch(`${this.url}${path}`, { method: 'POST', body });
        if (!answer.ok) throw new Error(`pysaml2: ${answer.status}`);
    }
}
