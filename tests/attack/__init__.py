"""The subtraction attack: thirty nights of one made-up programme, and an attacker with every published file."""
