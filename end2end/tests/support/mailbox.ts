// A real mail server that keeps what it is sent.

import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';

/** How long a mail may take. The server sends at once, but a busy machine is slow. */
const PATIENCE = 20_000;

export class Mailbox {
    private readonly unread = new Map<string, ParsedMail[]>();
    private readonly refused = new Map<string, string>();
    private readonly waiting = new Set<() => void>();
    private readonly server: SMTPServer;

    private constructor() {
        this.server = new SMTPServer({
            authOptional: true,
            disabledCommands: ['AUTH', 'STARTTLS'],
            disableReverseLookup: true,
            logger: false,
            onRcptTo: ({ address }, _session, done) => {
                const reason = this.refused.get(address.toLowerCase());
                done(reason ? Object.assign(new Error(reason), { responseCode: 550 }) : null);
            },
            onData: (stream, session, done) => {
                simpleParser(stream).then((mail) => {
                    for (const { address } of session.envelope.rcptTo) this.take(address.toLowerCase(), mail);
                    done();
                }, done);
            },
        });
    }

    static async open(): Promise<Mailbox> {
        const mailbox = new Mailbox();
        await new Promise<void>((resolve, reject) => {
            mailbox.server.once('error', reject);
            mailbox.server.listen(0, '127.0.0.1', resolve);
        });
        // A client that hangs up is no failure of a test.
        mailbox.server.on('error', () => undefined);
        return mailbox;
    }

    get url(): string {
        return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
    }

    /** Makes the server say no to an address, for ever. */
    refuse(address: string, reason: string): void {
        this.refused.set(address.toLowerCase(), reason);
    }

    /** The next unread mail to an address. */
    async waitForMail(to: string): Promise<ParsedMail> {
        const deadline = Date.now() + PATIENCE;
        for (;;) {
            const mail = this.unread.get(to.toLowerCase())?.shift();
            if (mail) return mail;
            if (Date.now() >= deadline) throw new Error(`no mail to ${to} arrived; there are ${this.summary()}`);
            await this.change(deadline);
        }
    }

    /** The subjects of so many mails, which may come in any order. */
    async waitForSubjects(to: string, count: number): Promise<string[]> {
        const subjects: string[] = [];
        while (subjects.length < count) subjects.push((await this.waitForMail(to)).subject ?? '');
        return subjects;
    }

    async close(): Promise<void> {
        await new Promise<void>((resolve) => this.server.close(resolve));
    }

    private take(address: string, mail: ParsedMail): void {
        this.unread.set(address, [...(this.unread.get(address) ?? []), mail]);
        for (const wake of this.waiting) wake();
    }

    /** Until another mail arrives, or the deadline. */
    private change(deadline: number): Promise<void> {
        return new Promise((resolve) => {
            const wake = () => {
                clearTimeout(timer);
                this.waiting.delete(wake);
                resolve();
            };
            const timer = setTimeout(wake, Math.max(0, deadline - Date.now()));
            this.waiting.add(wake);
        });
    }

    private summary(): string {
        const counts = [...this.unread].map(([address, mails]) => `${mails.length} unread to ${address}`);
        return counts.join(', ') || 'none at all';
    }
}

/** The single-use link of an invitation: the same in the text and in the HTML. */
export function invitationLink(mail: ParsedMail): string {
    const link = mail.text?.match(/https?:\/\/\S+\/invitations\/[\w-]+/)?.[0];
    if (!link) throw new Error(`no invitation link in the mail "${mail.subject}":\n${mail.text}`);
    if (!mail.html || !mail.html.includes(link)) throw new Error(`the HTML of "${mail.subject}" has another link`);
    return link;
}
