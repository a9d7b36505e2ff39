// Every word on the screen comes from a `words.ts`, in each of the desk's languages: finds those that do not.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Attributes whose value a person reads or hears. */
const READ = new Set(['alt', 'aria-label', 'aria-description', 'aria-roledescription', 'label', 'placeholder', 'title'])
const LETTER = /\p{L}/u

/** The literal texts of a component's source, each with its line. */
export function literalTexts(name, source) {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX)
  const found = []
  const note = (node, text) => {
    if (LETTER.test(text))
      found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: text.trim() })
  }
  const isText = (node) => ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)
  const told = (node) => {
    if (isText(node)) note(node, node.text)
    else if (ts.isTemplateExpression(node))
      note(node, [node.head, ...node.templateSpans.map((s) => s.literal)].map((p) => p.text).join(' '))
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(told)
    else if (ts.isBinaryExpression(node)) [node.left, node.right].forEach(told)
    else if (ts.isParenthesizedExpression(node)) told(node.expression)
  }
  const visit = (node) => {
    if (ts.isJsxText(node)) note(node, node.text)
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      const shown = node.expression
      if (!ts.isBinaryExpression(shown) || shown.operatorToken.kind === ts.SyntaxKind.PlusToken) told(shown)
    }
    if (ts.isJsxAttribute(node) && READ.has(node.name.getText()) && node.initializer) {
      told(ts.isJsxExpression(node.initializer) ? (node.initializer.expression ?? node) : node.initializer)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const root = new URL('../src', import.meta.url).pathname
const given = process.argv.slice(2)
const files = given.length
  ? given
  : readdirSync(root, { recursive: true })
      .filter((f) => f.endsWith('.tsx'))
      .map((f) => join(root, f))
let faults = 0
for (const path of files) {
  for (const { line, text } of literalTexts(path, readFileSync(path, 'utf8'))) {
    faults += 1
    process.stderr.write(
      `${path}:${line}: literal text ${JSON.stringify(text)}: put it into words.ts, in every language\n`,
    )
  }
}
process.exit(faults ? 1 : 0)
