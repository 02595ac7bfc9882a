import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { ListUpload } from '@/components/segment/list-upload';
import { PageHeader } from '@/components/ui/page-header';
import { requireUser, roleAllows } from '@/lib/auth';
import { preview } from '../../list-actions';

export const metadata: Metadata = { title: 'New list' };

export default async function NewList() {
  const user = await requireUser();
  if (!roleAllows(user.role, 'marketer')) redirect('/segments');
  return (
    <>
      <PageHeader
        title="New list"
        description="A file of user ids, emails or phone numbers becomes a segment: the users who have one of them, now or later."
      />
      <ListUpload preview={preview} />
    </>
  );
}
