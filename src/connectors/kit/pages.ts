/** Gathers what a reader gives one by one into lists of at most `size`. */
export async function* inLists<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let list: Item[] = [];
  for await (const item of items) {
    list.push(item);
    if (list.length === size) {
      yield list;
      list = [];
    }
  }
  if (list.length > 0) yield list;
}
