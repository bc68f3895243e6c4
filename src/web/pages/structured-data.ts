/** What a page says of itself to programs: Open Graph and cards for previews of links, schema.org's words as JSON-LD. */
import { html, raw } from 'hono/html'
import type { Frame } from '../frame.ts'
import type { View } from '../i18n/view.ts'
import type { Markup } from './layout.ts'

export interface Crumb {
  readonly name: string
  /** Without the language: `/ports`. */
  readonly path: string
}

export interface PreviewImage {
  readonly path: string
  readonly width: number
  readonly height: number
  readonly alt: string
}

export interface PageFacts {
  readonly title: string
  readonly description: string
  /** Without the language. */
  readonly path: string
  /** From the first page to this one. */
  readonly crumbs: readonly Crumb[]
  readonly image?: PreviewImage
  /** The day up to which it speaks: YYYY-MM-DD. */
  readonly asOf: string
}

/** An address with origin and language: the same that is canonical. */
function addressOf(frame: Frame, view: View, path: string): string {
  return `${frame.origin}/${view.language.tag}${path === '/' ? '' : path}`
}

export function structuredData(frame: Frame, view: View, facts: PageFacts): Markup {
  const { title, description, path, image } = facts
  const siteName = view.t('common.site.name')
  return html`<meta property="og:type" content="article" />
    <meta property="og:site_name" content="${siteName}" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:url" content="${addressOf(frame, view, path)}" />
    <meta property="og:locale" content="${view.language.tag.replace('-', '_')}" />
    ${image === undefined ? '' : imageTags(frame, image)} ${jsonLd(graphOf(frame, view, facts, siteName))}`
}

function imageTags({ origin }: Frame, { path, width, height, alt }: PreviewImage): Markup {
  return html`<meta property="og:image" content="${origin}${path}" />
    <meta property="og:image:type" content="image/png" />
    <meta property="og:image:width" content="${width}" />
    <meta property="og:image:height" content="${height}" />
    <meta property="og:image:alt" content="${alt}" />
    <meta name="twitter:card" content="summary_large_image" />`
}

function graphOf(frame: Frame, view: View, facts: PageFacts, siteName: string): unknown {
  const { title, description, path, crumbs, image, asOf } = facts
  const url = addressOf(frame, view, path)
  const organization = { '@type': 'Organization', name: siteName, url: frame.origin }
  return {
    '@context': 'https://schema.org',
    '@graph': [
      {
        '@type': 'BreadcrumbList',
        itemListElement: crumbs.map((crumb, index) => ({
          '@type': 'ListItem',
          position: index + 1,
          name: crumb.name,
          item: addressOf(frame, view, crumb.path),
        })),
      },
      {
        '@type': 'TechArticle',
        '@id': url,
        url,
        headline: title,
        description,
        inLanguage: view.language.tag,
        dateModified: asOf,
        author: organization,
        publisher: organization,
        ...(image === undefined ? {} : { image: `${frame.origin}${image.path}` }),
      },
    ],
  }
}

/** A block of data that no text in it can end: `<` stands there as its code (HTML Living Standard, §4.12.1.3). */
export function jsonLd(data: unknown): Markup {
  return raw(`<script type="application/ld+json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`)
}
