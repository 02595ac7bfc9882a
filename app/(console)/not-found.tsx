import { Compass } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFound() {
  return (
    <EmptyState
      icon={Compass}
      title="There is nothing here"
      description="It may have been deleted, or it belongs to another workspace."
      action={
        <Button asChild variant="outline">
          <Link href="/campaigns">To the campaigns</Link>
        </Button>
      }
    />
  );
}
