package codegen

import (
	"fmt"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// entity is the person or a group, with what sets the two apart.
type entity struct {
	*taxonomy.Entity
	person bool
}

// entities returns the person, if there is one, and the groups.
func entities(t *taxonomy.Taxonomy) []entity {
	var all []entity
	if t.Person != nil {
		all = append(all, entity{t.Person, true})
	}
	for _, g := range t.Groups {
		all = append(all, entity{g, false})
	}
	return all
}

// sender describes IdentifyX or GroupX.
func (e entity) sender() sender {
	if e.person {
		return sender{name: "Identify" + e.GoName, subject: "distinctID", value: "p", goName: e.GoName}
	}
	return sender{name: "Group" + e.GoName, subject: "key", value: "p", goName: e.GoName}
}

// texts returns what the struct is, for want of a description, and the description of the function that sends it.
func (e entity) texts() (of, send string) {
	name := e.sender().name
	if e.person {
		return "holds the properties of a person; " + name + " sets them",
			name + " checks p, redacts it and queues it as the properties of the person distinctID. " +
				"Properties that are left out keep their values."
	}
	return fmt.Sprintf("holds the properties of a group of type %q; %s sets them", e.Name, name),
		name + " checks p, redacts it and queues it as the properties of the group with the given key. " +
			"Properties that are left out keep their values."
}

// writeEntity writes the file of the person or of a group.
func writeEntity(f *file, e entity, types []named) {
	of, send := e.texts()
	about := facts(fact("Owner", e.Owner), personalFact(e.Properties))
	f.decl(
		doc(summary(e.GoName, e.Description, of), about, deprecation(e.Deprecated)),
		structDecl(e.GoName, e.Properties),
	)
	f.decl(doc(send, deprecation(e.Deprecated)), sendDecl(e.sender()))
	f.decl(validateDoc(), validateDecl("p", e.GoName))
	f.decl(writeDecl("p", e.GoName, e.Properties))
	f.decl(eventDecl(e.GoName, entityLiteral(e)))
	writeTypes(f, types)
}
