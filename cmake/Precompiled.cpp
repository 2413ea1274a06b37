// Anchor of the precompiled header: it gives the library TegulaPrecompiled something to compile.
