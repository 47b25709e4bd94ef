"""People of some project and with some roles, who send requests to an `Api`."""

ACME, OTHER, CLOUD = "a" * 32, "b" * 32, "c" * 32  # projects
ROLES = {
    "admin": "admin,manager,member,reader",
    "manager": "manager,member,reader",
    "member": "member,reader",
    "reader": "reader",
    "service": "service",
    "nobody": "nobody",
}


class Person:
    """Somebody with a role in a project; *headers* are sent with each request."""

    def __init__(self, api, role, project=ACME, **headers):
        self.api = api
        self.headers = {"X-Roles": ROLES.get(role, role), "X-Project-Id": project}
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    def send(self, method, path, body=None):
        return self.api.send(method, path, json=body, headers=self.headers)

    def post(self, path, **attributes):
        return self.api.post(path, headers=self.headers, **attributes)

    def put(self, path, **attributes):
        return self.api.put(path, headers=self.headers, **attributes)

    def delete(self, path):
        self.api.delete(path, headers=self.headers)

    def get(self, path):
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.text
        (inside,) = (value for key, value in answer.json().items() if not key.endswith("_links"))
        return inside

    def ids(self, path):
        return {item["id"] for item in self.get(path)}

    def refused(self, method, path, body=None):
        """Send what must be refused without a trace; return (status, type)."""
        return self.api.refused(method, path, body, headers=self.headers)[:2]

    def said(self, method, path, body=None):
        """Send what must be refused; return the message."""
        return self.api.refused(method, path, body, headers=self.headers)[2]


FORBIDDEN = (403, "PolicyNotAuthorized")
