"""What a user can do, one async function each, keyword-only, without Qt."""
