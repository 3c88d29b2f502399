// The pages of lists of invitations, for what is tested over all pages.

import { expect } from '@playwright/test';
import { INVITE_MANY, lines, listId, makeList, startList } from './bulk_invitations.ts';
import type { People } from './people.ts';
import type { Place, Town } from './places.ts';

/** What is there to be seen. */
export interface Lists {
    /** The address of a list that nobody said yes to, and of one of which a line has failed. */
    draft: string;
    failed: string;
}

export async function buildLists(people: People): Promise<Lists> {
    const bad = 'nobody\nAda Lovelace <ada@list.test>\nada@example.test\n,read\nx@list.test,No such group\n';
    const draft = await makeList(people, `email,groups\ntown-read@list.test,read | write\n${lines('town', 55)}${bad}`);
    const failed = await makeList(people, `taken@list.test\nfine@list.test\nnobody\n`);
    await people.send('taken@list.test');
    await startList(people, failed);
    await expect(async () => {
        const { stage } = (await people.act('/api/bulk_invitations/progress', [['job', listId(failed)]])) as { stage: string };
        expect(stage).toBe('done');
    }).toPass();
    return { draft, failed };
}

const admin = (town: Town) => town.admin;
const guest = (town: Town) => town.guest;

export const LIST_PLACES: readonly Place[] = [
    { name: 'invite many', as: admin, address: () => INVITE_MANY },
    {
        name: 'invite many, refused',
        as: admin,
        address: () => INVITE_MANY,
        act: async (page) => {
            await page.getByRole('button', { name: 'Check the list', exact: true }).click();
            await page.getByRole('alert').first().waitFor();
        },
    },
    { name: 'invite many, not allowed', as: guest, address: () => INVITE_MANY, status: 403 },
    { name: 'a list, checked', as: admin, address: (town) => town.lists.draft ?? `${INVITE_MANY}/id` },
    { name: 'a list, sent and partly failed', as: admin, address: (town) => town.lists.failed ?? `${INVITE_MANY}/id` },
    { name: 'a list that is not there', as: admin, address: () => `${INVITE_MANY}/nothing`, status: 404 },
];
