# Types of the parts of Whoosh 2.7.4 that kb.search.whoosh_index uses; Whoosh brings none.
