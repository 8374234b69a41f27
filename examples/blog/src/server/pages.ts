/** Loads page data from the content that is bundled with the server. Stands in for a database, so it is async. */
import comments from '../../content/comments.json';
import posts from '../../content/posts.json';
import type { Comment, Post, PostSummary } from '../app/content';
import { pathOf, type Destination } from '../app/routes';
import type { PageLoader } from '../app/state';

/** `listed: false` keeps a post out of the list; it is still there for those who know its address. */
type StoredPost = Omit<Post, 'commentCount'> & { listed?: boolean };

const stored = posts as StoredPost[];
const commentsByPost: Record<string, Comment[]> = comments;

export const contentPageLoader: PageLoader = {
  async load(destination) {
    switch (destination.type) {
      case 'list': {
        const { tag } = destination.state;
        return { type: 'list', tag, posts: await findPosts(tag) };
      }
      case 'post': {
        const post = await findPost(destination.state.id);
        return post ? { type: 'post', post } : notFound(destination);
      }
      case 'comments': {
        const { id, order } = destination.state;
        const [post, found] = await Promise.all([findPost(id), findComments(id)]);
        if (!post) return notFound(destination);
        return { type: 'comments', post: summary(post), order, comments: order === 'newest' ? found.reverse() : found };
      }
      case 'notFound':
        return notFound(destination);
    }
  },
};

async function findPosts(tag: string | null): Promise<PostSummary[]> {
  return stored.filter((post) => post.listed !== false && (!tag || post.tags.includes(tag))).map(summary);
}

async function findPost(id: string): Promise<Post | undefined> {
  const post = stored.find((candidate) => candidate.id === id);
  return post && { ...summary(post), likes: post.likes, body: post.body };
}

async function findComments(id: string): Promise<Comment[]> {
  return [...(commentsOf(id) ?? [])];
}

/** Own properties only: `/posts/constructor/comments` is a post that does not exist. */
function commentsOf(id: string): Comment[] | undefined {
  return Object.hasOwn(commentsByPost, id) ? commentsByPost[id] : undefined;
}

function summary({ id, lang, title, author, date, tags, minutes, views, excerpt }: StoredPost): PostSummary {
  return { id, lang, title, author, date, tags, minutes, views, excerpt, commentCount: commentsOf(id)?.length ?? 0 };
}

function notFound(destination: Destination) {
  return { type: 'notFound', path: pathOf(destination) } as const;
}
