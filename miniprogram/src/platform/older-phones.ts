// What a library of ours calls and Chrome 86 and iOS 14 have not yet; our own code does without. Loaded before all else.
Object.hasOwn ??= (object: object, key: PropertyKey) => Object.getOwnPropertyDescriptor(object, key) !== undefined

export {}
