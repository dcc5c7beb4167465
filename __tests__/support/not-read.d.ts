/** In place of a package's types. Those of all packages are 30 MB of text, and hardly any is part of the project's own types. */
