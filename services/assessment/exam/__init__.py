"""When and where: exams and the registrations for them."""
