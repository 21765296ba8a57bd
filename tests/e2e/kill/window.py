from tests.e2e.kill.headless import play
