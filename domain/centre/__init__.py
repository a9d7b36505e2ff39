"""The centre and its projects: sites, queues, skills, profiles, mailboxes, as versioned documents."""
